// Reads PDF files, apart from the page.
import "pdfjs-dist/build/pdf.worker.mjs";
