"""Django settings, one subject a file."""

from config.settings.admin import *
from config.settings.api import *
from config.settings.audit import *
from config.settings.core import *
from config.settings.database import *
from config.settings.ingest import *
from config.settings.limits import *
from config.settings.logs import *
from config.settings.mail import *
from config.settings.outbound import *
from config.settings.phones import *
from config.settings.platforms import *
from config.settings.queue import *
from config.settings.relay import *
from config.settings.security import *
from config.settings.signin import *
from config.settings.storage import *
from config.settings.tokens import *
