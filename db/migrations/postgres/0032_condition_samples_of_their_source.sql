ALTER TABLE "condition_samples" ADD COLUMN "source" text;--> statement-breakpoint
ALTER TABLE "condition_samples" ADD COLUMN "print" text;--> statement-breakpoint
ALTER TABLE "condition_samples" ADD COLUMN "fresh" bigint;