-- Where the pictures of a site's context lie when that is not the site itself.
ALTER TABLE widget ADD COLUMN image_hosts TEXT NOT NULL DEFAULT '[]';   -- JSON array of origins
