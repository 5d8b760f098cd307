ALTER TABLE "triggers" ADD COLUMN "unready" text;--> statement-breakpoint
ALTER TABLE "triggers" ADD COLUMN "ready_checked_at" bigint;