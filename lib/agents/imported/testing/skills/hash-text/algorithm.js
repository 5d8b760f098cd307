export const algorithm = "sha256";
