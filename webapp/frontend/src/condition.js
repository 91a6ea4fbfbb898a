// Conditions between the expression language and rows of "field, comparison, value". Whatever the rows can't say
// stays a text; nothing is lost by opening it.

const NAME = String.raw`[A-Za-z_]\w*`;
const LITERAL = String.raw`'[^'\\]*'|"[^"\\]*"|-?\d+(?:\.\d+)?|True|False|true|false`;
const COMPARED = new RegExp(`^(${NAME})\\s*(==|!=|<=|>=|<|>)\\s*(${LITERAL})$`);
const CONTAINED = new RegExp(`^('[^'\\\\]*'|"[^"\\\\]*")\\s+(not in|in)\\s+(${NAME})$`);
const ALONE = new RegExp(`^(not\\s+)?(${NAME})$`);
const WORDS = new Set(["and", "or", "not", "in", "True", "False", "None", "true", "false"]);

/** {join: 'and'|'or', rows: [{field, comparison, value}]}, or null when the rows can't say it. */
export function read(text) {
  const whole = (text ?? "").trim();
  if (!whole) return { join: "and", rows: [] };
  const parts = split(whole);
  if (!parts) return null;
  const rows = parts.pieces.map(row);
  return rows.every(Boolean) ? { join: parts.join, rows } : null;
}

/** The expression of such rows; rows without a field are left out. */
export function write({ join, rows }) {
  return rows.filter((one) => one.field).map(said).join(` ${join} `);
}

function split(whole) {
  const pieces = [];
  let join = null;
  let start = 0;
  let quote = "";
  for (let at = 0; at < whole.length; at += 1) {
    const sign = whole[at];
    if (quote) {
      if (sign === quote) quote = "";
    } else if (sign === "'" || sign === '"') quote = sign;
    else if (sign === "(" || sign === "[") return null;
    else {
      const found = /^\s(and|or)\s/.exec(whole.slice(at));
      if (!found) continue;
      if (join && join !== found[1]) return null;
      join = found[1];
      pieces.push(whole.slice(start, at));
      at += found[0].length - 1;
      start = at + 1;
      at -= 1;
    }
  }
  pieces.push(whole.slice(start));
  return { join: join ?? "and", pieces: pieces.map((one) => one.trim()) };
}

function row(piece) {
  const compared = COMPARED.exec(piece);
  if (compared && !WORDS.has(compared[1])) {
    const [, field, comparison, literal] = compared;
    if (/^['"]/.test(literal)) return { field, comparison, value: literal.slice(1, -1), text: true };
    if (/^(true|false)$/i.test(literal)) {
      if (comparison !== "==" && comparison !== "!=") return null;
      return { field, comparison: (literal.toLowerCase() === "true") === (comparison === "==") ? "yes" : "no", value: "" };
    }
    return { field, comparison, value: literal };
  }
  const contained = CONTAINED.exec(piece);
  if (contained) return { field: contained[3], comparison: contained[2], value: contained[1].slice(1, -1), text: true };
  const alone = ALONE.exec(piece);
  if (alone && !WORDS.has(alone[2])) return { field: alone[2], comparison: alone[1] ? "no" : "yes", value: "" };
  return null;
}

function said({ field, comparison, value, text }) {
  if (comparison === "yes") return field;
  if (comparison === "no") return `not ${field}`;
  const literal = !text && /^-?\d+(\.\d+)?$/.test(value) ? value : quoted(value);
  return comparison === "in" || comparison === "not in" ? `${quoted(value)} ${comparison} ${field}` : `${field} ${comparison} ${literal}`;
}

const quoted = (value) => (value.includes("'") ? `"${value.replace(/["\\]/g, "")}"` : `'${value.replace(/\\/g, "")}'`);
