import { files } from "./native.js";
import { useNative } from "./ring.js";

export * from "./browser.js";

useNative(files);
