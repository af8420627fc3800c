// Passkeys and security keys: a form marked data-passkey asks the device first, and is sent with its answer.
// https://www.w3.org/TR/webauthn-3/#sctn-parseCreationOptionsFromJSON

const KNOWN = window.PublicKeyCredential && PublicKeyCredential.parseRequestOptionsFromJSON;

async function options(form, name) {
  if (form.dataset.passkey !== "sign-in") {
    return JSON.parse(document.getElementById("passkey-options").textContent)[name].publicKey;
  }
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
  return (await answer.json())[name].publicKey;
}

async function create(form) {
  const wanted = await options(form, "creation_options");
  const alone = form.elements.passwordless?.checked ?? false;
  wanted.authenticatorSelection = {
    ...wanted.authenticatorSelection,
    residentKey: alone ? "required" : "discouraged",
    requireResidentKey: alone,
    ...(alone ? { userVerification: "required" } : {}),
  };
  return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(wanted) });
}

async function get(form) {
  const wanted = await options(form, "request_options");
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(wanted) });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const wrong = form.querySelector("[data-passkey-wrong]");
  if (!KNOWN) {
    wrong.hidden = form.hidden;
    continue;
  }
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    wrong.hidden = true;
    try {
      const credential = await (form.dataset.passkey === "create" ? create(form) : get(form));
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch (error) {
      console.warn(error);
      wrong.hidden = false;
    }
  });
}
