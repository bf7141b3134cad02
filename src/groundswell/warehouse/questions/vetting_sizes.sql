-- How many memberships are known.
SELECT count(*) AS memberships
FROM memberships
