/* Prints a receipt on the paper that its button names. */
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-print-paper]");
  if (!button) return;
  const receipt = document.querySelector("[data-receipt]");
  receipt.classList.remove("receipt-a5", "receipt-a6");
  receipt.classList.add(`receipt-${button.dataset.printPaper}`);
  window.print();
});
