CREATE TABLE `document_vectors` (
	`document_id` integer NOT NULL,
	`n` integer NOT NULL,
	`start` integer NOT NULL,
	`length` integer NOT NULL,
	`vector` text NOT NULL,
	PRIMARY KEY(`document_id`, `n`),
	FOREIGN KEY (`document_id`) REFERENCES `documents`(`id`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
ALTER TABLE `documents` ADD `embedded` text;--> statement-breakpoint
ALTER TABLE `documents` ADD `embedding_until` integer;--> statement-breakpoint
ALTER TABLE `model_providers` ADD `embedding_model` text;