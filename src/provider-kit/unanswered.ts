declare const open: unique symbol
/** Fits nowhere: whatever holds it does not compile. */
export interface Unanswered { readonly [open]: true }

/** A question that an adapter has not answered yet. It keeps the adapter from compiling, and where nobody compiled it, from being loaded. */
export const unanswered = (question: string): Unanswered => { throw new Error(`This adapter is not finished: ${question}`) }
