comment on column account.roles is 'The roles to which the claims of the person''s provider led, or its directory or an administrator gave; what they mean is the portal''s to know.';
