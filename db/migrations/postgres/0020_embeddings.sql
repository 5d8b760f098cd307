CREATE TABLE "document_vectors" (
	"document_id" bigint NOT NULL,
	"n" bigint NOT NULL,
	"start" bigint NOT NULL,
	"length" bigint NOT NULL,
	"vector" text NOT NULL,
	CONSTRAINT "document_vectors_document_id_n_pk" PRIMARY KEY("document_id","n")
);
--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "embedded" text;--> statement-breakpoint
ALTER TABLE "documents" ADD COLUMN "embedding_until" bigint;--> statement-breakpoint
ALTER TABLE "model_providers" ADD COLUMN "embedding_model" text;--> statement-breakpoint
ALTER TABLE "document_vectors" ADD CONSTRAINT "document_vectors_document_id_documents_id_fk" FOREIGN KEY ("document_id") REFERENCES "public"."documents"("id") ON DELETE cascade ON UPDATE no action;