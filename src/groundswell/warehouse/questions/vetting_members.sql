-- Who is in whose audience, for one person in $every, as integers: account is the code in relation
-- wanted (account, code), member is numbered from 0, at is the newest sighting. The same people are
-- taken for all accounts.
WITH found AS (
    SELECT wanted.code AS account, memberships.member, max(memberships."at") AS "at"
    FROM memberships
    JOIN wanted ON wanted.account = memberships.account
    WHERE hash(memberships.member) % $every = 0
    GROUP BY ALL
)
SELECT
    account::BIGINT AS account,
    dense_rank() OVER (ORDER BY member) - 1 AS member,
    epoch_us("at") AS "at"
FROM found
