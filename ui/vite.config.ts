// Builds the console into dist/, which the server embeds. `VIGIE` names a running server for `npm run dev`.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env.VIGIE ?? "http://127.0.0.1:8420";
const proxy = { "/api": { target: server, changeOrigin: false } };

export default defineConfig({
  plugins: [react()],
  // The server forbids everything that is not a file of its own: nothing may be inlined as a data: script.
  build: { target: "es2023", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false },
  worker: { format: "es" },
  server: { proxy },
  preview: { proxy },
});
