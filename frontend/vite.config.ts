import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const backend = process.env.NUMENEON_BACKEND ?? 'http://127.0.0.1:8000';

/** The app is served by Django from one origin; in development the same paths are proxied, so cookies and sockets behave alike. */
export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: { outDir: 'dist', target: 'es2023', manifest: true, sourcemap: false, assetsInlineLimit: 0 },
  server: {
    proxy: {
      '/api': { target: backend },
      '/ws': { target: backend, ws: true },
    },
  },
});
