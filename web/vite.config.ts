import vue from "@vitejs/plugin-vue";
import { fileURLToPath } from "node:url";
import { ElementPlusResolver } from "unplugin-vue-components/resolvers";
import components from "unplugin-vue-components/vite";
import { defineConfig } from "vite";

// The oldest browser that counts is the Chromium 86 kernel of the desk machines; nothing newer may be assumed.
const oldest = "chrome86";

export default defineConfig({
  plugins: [
    vue(),
    components({
      dirs: [],
      dts: false,
      resolvers: [ElementPlusResolver({ importStyle: "css" })],
    }),
  ],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: oldest,
    cssTarget: oldest,
    chunkSizeWarningLimit: 400,
    reportCompressedSize: true,
  },
  worker: { format: "es" },
  server: {
    proxy: {
      "/api": { target: process.env.XINJIEAN_SERVER ?? "http://127.0.0.1:8480", changeOrigin: false },
    },
  },
});
