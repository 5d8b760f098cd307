CREATE TABLE "execution_checkpoints" (
	"execution_id" bigint NOT NULL,
	"key" text NOT NULL,
	"value" text NOT NULL,
	"at" bigint NOT NULL,
	CONSTRAINT "execution_checkpoints_execution_id_key_pk" PRIMARY KEY("execution_id","key")
);
--> statement-breakpoint
ALTER TABLE "execution_checkpoints" ADD CONSTRAINT "execution_checkpoints_execution_id_executions_id_fk" FOREIGN KEY ("execution_id") REFERENCES "public"."executions"("id") ON DELETE cascade ON UPDATE no action;