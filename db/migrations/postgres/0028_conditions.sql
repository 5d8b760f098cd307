CREATE TABLE "condition_samples" (
	"trigger_id" bigint NOT NULL,
	"at" bigint NOT NULL,
	"value" text,
	"state" text NOT NULL,
	"error" text,
	CONSTRAINT "condition_samples_trigger_id_at_pk" PRIMARY KEY("trigger_id","at")
);
--> statement-breakpoint
CREATE TABLE "condition_states" (
	"trigger_id" bigint PRIMARY KEY NOT NULL,
	"watches" text DEFAULT '' NOT NULL,
	"state" text DEFAULT 'unknown' NOT NULL,
	"since" bigint,
	"pending_since" bigint,
	"held_ms" bigint DEFAULT 0 NOT NULL,
	"last_value" text,
	"last_checked_at" bigint,
	"seen_at" bigint,
	"last_error" text,
	"errors_in_a_row" bigint DEFAULT 0 NOT NULL,
	"crossings" bigint DEFAULT 0 NOT NULL,
	"fired_at" bigint,
	"memory" text,
	"next_check_at" bigint,
	"lease_until" bigint,
	"fence" bigint DEFAULT 0 NOT NULL
);
--> statement-breakpoint
ALTER TABLE "condition_samples" ADD CONSTRAINT "condition_samples_trigger_id_triggers_id_fk" FOREIGN KEY ("trigger_id") REFERENCES "public"."triggers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "condition_states" ADD CONSTRAINT "condition_states_trigger_id_triggers_id_fk" FOREIGN KEY ("trigger_id") REFERENCES "public"."triggers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "condition_samples_at" ON "condition_samples" USING btree ("at");--> statement-breakpoint
CREATE INDEX "condition_states_due" ON "condition_states" USING btree ("next_check_at") WHERE next_check_at is not null;