// What the element <citewell-chat> offers to scripts. Attributes: see README.md.

export interface Citation {
  id: number;
  document_id: string;
  document_title: string;
  section_id: string;
  section_title: string;
  quote: string;
  start: number;
  end: number;
  page: number | null;
  url: string;
  reviewed: string | null;
  reviewed_by: string | null;
  sources: { id: string; title: string; publisher: string | null; url: string | null; year: number | null }[];
}

export interface Answer {
  status: "answered" | "abstained" | "clarify" | "declined" | "crisis";
  text: string;
  sentences: { text: string; citation_ids: number[] }[];
  citations: Citation[];
  confidence: number | null;
  notices: { kind: "partner-fact" | "medical" | "freshness" | "urgent"; text: string; citation_ids: number[] }[];
  resources: { id: string; name: string; phone: string | null; sms: string | null; sms_body: string | null; url: string; country: string; purpose: string[] }[];
  suggestions: string[];
  interpretation: { question: string; drugs: { surface: string; name: string; drug_class: string; brand: string | null }[] };
  receipt: { index: string | null; embedding_model: string | null; calibration: string | null; software: string };
}

export interface CitewellChatElement extends HTMLElement {
  open: boolean;
  strings: object; // words in another language, by the keys of strings/en.json
  show(): void;
  close(): void;
  ask(question: string): void;
  clear(): void;
  leave(): void;
}

// They bubble, out of shadow roots too. An answer may tell what was asked: do not pass it on to whoever counts visits.
declare global {
  interface HTMLElementTagNameMap {
    "citewell-chat": CitewellChatElement;
  }
  interface HTMLElementEventMap {
    "citewell-answer": CustomEvent<Answer>;
    "citewell-crisis": CustomEvent<Pick<Answer, "status" | "text" | "notices" | "citations" | "resources">>; // from the chat itself while no server answers, and again from the server
    "citewell-error": CustomEvent<{ kind: string; status?: number; wait?: number }>;
    "citewell-feedback": CustomEvent<{ rating: "up" | "down"; reason?: string }>;
  }
}
