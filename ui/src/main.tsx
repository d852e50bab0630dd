// Starts the console.
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { client } from "./api/queries";
import { Acts } from "./parts/Ask";
import { router } from "./router";
import { TextProvider } from "./text";
import "./look/tokens.css";
import "./look/base.css";
import "./look/parts.css";
import "./look/pages.css";

const app = document.getElementById("app");
if (app) {
  createRoot(app).render(
    <StrictMode>
      <TextProvider>
        <QueryClientProvider client={client}>
          <Acts>
            <RouterProvider router={router} />
          </Acts>
        </QueryClientProvider>
      </TextProvider>
    </StrictMode>,
  );
}
