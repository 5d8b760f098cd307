CREATE TABLE `document_pieces` (
	`document_id` integer NOT NULL,
	`n` integer NOT NULL,
	`base64` text NOT NULL,
	PRIMARY KEY(`document_id`, `n`),
	FOREIGN KEY (`document_id`) REFERENCES `documents`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
ALTER TABLE `documents` ADD `media_type` text DEFAULT 'text/plain' NOT NULL;--> statement-breakpoint
ALTER TABLE `documents` ADD `sha256` text;--> statement-breakpoint
ALTER TABLE `documents` ADD `version` integer DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE `documents` ADD `status` text DEFAULT 'ready' NOT NULL;--> statement-breakpoint
ALTER TABLE `documents` ADD `problem` text;--> statement-breakpoint
ALTER TABLE `documents` ADD `text_length` integer;--> statement-breakpoint
ALTER TABLE `documents` ADD `source_kind` text;--> statement-breakpoint
ALTER TABLE `documents` ADD `source_ref` text;--> statement-breakpoint
ALTER TABLE `documents` ADD `lease_until` integer;--> statement-breakpoint
ALTER TABLE `documents` ADD `attempts` integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE `documents` ADD `updated_at` integer;--> statement-breakpoint
CREATE INDEX `documents_extracting` ON `documents` (`lease_until`) WHERE status = 'extracting';--> statement-breakpoint
-- Text search over documents. The index follows the table by triggers; it stores no second copy of the text.
CREATE VIRTUAL TABLE documents_search USING fts5(name, content, content='documents', content_rowid='id', tokenize='unicode61 remove_diacritics 2');
--> statement-breakpoint
INSERT INTO documents_search (documents_search) VALUES ('rebuild');
--> statement-breakpoint
CREATE TRIGGER documents_search_insert AFTER INSERT ON documents BEGIN
  INSERT INTO documents_search (rowid, name, content) VALUES (new.id, new.name, new.content);
END;
--> statement-breakpoint
CREATE TRIGGER documents_search_delete AFTER DELETE ON documents BEGIN
  INSERT INTO documents_search (documents_search, rowid, name, content) VALUES ('delete', old.id, old.name, old.content);
END;
--> statement-breakpoint
CREATE TRIGGER documents_search_update AFTER UPDATE OF name, content ON documents
WHEN old.name <> new.name OR old.content <> new.content BEGIN
  INSERT INTO documents_search (documents_search, rowid, name, content) VALUES ('delete', old.id, old.name, old.content);
  INSERT INTO documents_search (rowid, name, content) VALUES (new.id, new.name, new.content);
END;
