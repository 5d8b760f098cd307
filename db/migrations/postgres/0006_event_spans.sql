ALTER TABLE "events" ADD COLUMN "span" bigint DEFAULT 1 NOT NULL;--> statement-breakpoint
ALTER TABLE "events" ADD COLUMN "preceded_by" text;