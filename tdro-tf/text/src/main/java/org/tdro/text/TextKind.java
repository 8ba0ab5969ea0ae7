package org.tdro.text;

/** What a text is to a retriever: prompts and maximum lengths differ. */
public enum TextKind {
  QUERY,
  PASSAGE
}
