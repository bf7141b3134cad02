-- Comments by people who comment on more than one account in relation wanted (account, code), as
-- integers: account is the code, author is numbered from 0. Who comments on more than $most accounts
-- is left out.
WITH found AS (
    SELECT wanted.code AS account, comments.author, comments.post_id
    FROM comments
    JOIN wanted ON wanted.account = comments.account
    WHERE comments.author IS NOT NULL
),
recurring AS (
    SELECT author, row_number() OVER (ORDER BY author) - 1 AS number
    FROM found
    GROUP BY author
    HAVING count(DISTINCT account) BETWEEN 2 AND $most
)
SELECT found.account::BIGINT AS account, recurring.number::BIGINT AS author, found.post_id
FROM found
JOIN recurring ON recurring.author = found.author
ORDER BY account, author, post_id
