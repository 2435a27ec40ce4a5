// Passkeys: asks the browser to make one or to show one, and sends what it answers with the form.
//   <form data-passkey="create|get">  with a hidden input [name=credential], a button [data-passkey-start] and
//   an element [data-passkey-failed], shown when nothing comes of it
//   data-passkey-options on the form: the address that hands out what to ask the browser for; without it
//   that stands in <script type="application/json" id="passkey-options">
// Converting to and from the browser's own types is the package's part (mfa/js/webauthn-json.js).
async function optionsOf(form) {
  if (!form.dataset.passkeyOptions) return JSON.parse(document.getElementById("passkey-options").textContent);
  const answer = await fetch(form.dataset.passkeyOptions, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  return (await answer.json()).request_options;
}

async function start(form, button) {
  const failed = form.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  button.disabled = true;
  try {
    const options = await optionsOf(form);
    const credential = await window.webauthnJSON[form.dataset.passkey](options);
    form.elements.credential.value = JSON.stringify(credential);
    form.submit();
  } catch {
    failed.hidden = false;
    button.disabled = false;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("[data-passkey-start]");
  if (window.PublicKeyCredential) button.addEventListener("click", () => start(form, button));
  else form.hidden = true;
}

// Whoever comes back by the browser's history may try again.
addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[data-passkey-start]")) button.disabled = false;
});
