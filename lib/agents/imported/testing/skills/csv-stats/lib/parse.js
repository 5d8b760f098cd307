exports.columnOf = (table, name) => {
  const [head, ...rows] = table.trim().split("\n").map((it) => it.split(","));
  return rows.map((it) => Number(it[head.indexOf(name)]));
};
