-- Text search follows the messages a moment later, in larger steps: `upto` is the last that stands in the index.
CREATE TABLE messages_indexed (one integer PRIMARY KEY CHECK (one = 1), upto integer NOT NULL);
--> statement-breakpoint
INSERT INTO messages_indexed (one, upto) SELECT 1, coalesce(max(id), 0) FROM messages;
--> statement-breakpoint
DROP TRIGGER messages_search_insert;
--> statement-breakpoint
DROP TRIGGER messages_search_delete;
--> statement-breakpoint
DROP TRIGGER messages_search_update;
--> statement-breakpoint
CREATE TRIGGER messages_search_delete AFTER DELETE ON messages WHEN old.id <= (SELECT upto FROM messages_indexed) BEGIN
  INSERT INTO messages_search (messages_search, rowid, text) VALUES ('delete', old.id, old.text);
END;
--> statement-breakpoint
CREATE TRIGGER messages_search_update AFTER UPDATE OF text ON messages
WHEN old.text <> new.text AND old.id <= (SELECT upto FROM messages_indexed) BEGIN
  INSERT INTO messages_search (messages_search, rowid, text) VALUES ('delete', old.id, old.text);
  INSERT INTO messages_search (rowid, text) VALUES (new.id, new.text);
END;
