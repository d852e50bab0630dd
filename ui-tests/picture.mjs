// Takes the picture of a report for the README: REPORT names the file, CHROMIUM the browser, PICTURE the PNG.
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", "--disable-quic"] });
const page = await browser.newPage({ viewport: { width: 1200, height: 1000 }, colorScheme: "light" });
await page.goto(pathToFileURL(process.env.REPORT).href);
await page.screenshot({ path: process.env.PICTURE });
await browser.close();
