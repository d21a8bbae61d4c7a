// One tag: <script type="module" src="https://HOST/widget/citewell-chat.js"></script> and <citewell-chat server="https://HOST">.
import { CitewellChat } from "./chat-element.js";

if (!customElements.get("citewell-chat")) customElements.define("citewell-chat", CitewellChat);
