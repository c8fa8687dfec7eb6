/* A chosen file is sent at once. */
document.addEventListener("change", ({ target }) => target.matches("[data-sends]") && target.value && target.form.requestSubmit());
