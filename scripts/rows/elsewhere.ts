/** Rows of the catalogue that no test here can prove, and why. One that a test proves after all must leave this list. */
export const elsewhere: Readonly<Record<string, string>> = {
  F31: 'A clock that differs from the vendor\'s matters where we sign assertions with it. No provider here signs any, so there is nothing to be skewed. The kit gets it together with the first that does.',
  F98: 'Shedding by the lag of the event loop (T104) is not built, and its figures need a machine whose load is known. What bounds a caller is proven: the limit per account and key, two seconds for a connection (F64), time for a statement and a request (T19).',
  F99: 'There is no export. Lists and feeds go page by page, so no answer grows with the account.',
}
