-- Memberships of the accounts in relation wanted (account, code), as integers: account is the
-- caller's code, member is numbered from 0 in the order of the hashes, whatever the kind was.
WITH found AS (
    SELECT DISTINCT wanted.code AS account, memberships.member
    FROM memberships
    JOIN wanted ON wanted.account = memberships.account
),
people AS (
    SELECT member, row_number() OVER (ORDER BY member) - 1 AS code
    FROM (SELECT DISTINCT member FROM found)
)
SELECT found.account::INTEGER AS account, people.code::INTEGER AS member
FROM found
JOIN people USING (member)
