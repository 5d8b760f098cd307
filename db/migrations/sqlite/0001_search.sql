-- Text search over messages. The index follows the table by triggers; it stores no second copy of the text.
CREATE VIRTUAL TABLE messages_search USING fts5(text, content='messages', content_rowid='id', tokenize='unicode61 remove_diacritics 2');
--> statement-breakpoint
CREATE TRIGGER messages_search_insert AFTER INSERT ON messages BEGIN
  INSERT INTO messages_search (rowid, text) VALUES (new.id, new.text);
END;
--> statement-breakpoint
CREATE TRIGGER messages_search_delete AFTER DELETE ON messages BEGIN
  INSERT INTO messages_search (messages_search, rowid, text) VALUES ('delete', old.id, old.text);
END;
--> statement-breakpoint
CREATE TRIGGER messages_search_update AFTER UPDATE OF text ON messages WHEN old.text <> new.text BEGIN
  INSERT INTO messages_search (messages_search, rowid, text) VALUES ('delete', old.id, old.text);
  INSERT INTO messages_search (rowid, text) VALUES (new.id, new.text);
END;
