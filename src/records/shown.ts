/** The ids that pages of a run have shown, as SQL: $1 is the account, $2 the run; `among` narrows which pages `p`. */
export const shownBy = (among = ''): string =>
  `select unnest(c.record_ids) as id from sync_pages p join page_contents c on c.linked_account_id = p.linked_account_id and c.id = p.contents where p.linked_account_id = $1 and p.run_id = $2${among}`
