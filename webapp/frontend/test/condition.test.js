// Conditions and standard times: what the rows say is what the diagram says, and what they can't say is left alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { read, write } from "../src/condition.js";
import { parse, reworded, write as duration } from "../src/duration.js";

const SAID = [
  "complete",
  "not complete",
  "status == 'secret'",
  "status != 'secret' and amount >= 1000",
  "amount < -2.5 or late",
  "'finance' in units",
  "'finance' not in units",
  "name == 'this and that'",
  `name == "Jum'at"`,
  "quarter == '1'",
];

test("an expression of the rows comes back as it was", () => {
  for (const text of SAID) assert.equal(write(read(text)), text);
});

test("what the rows can't say is not touched", () => {
  for (const text of ["len(units) > 3", "a and b or c", "(a)", "a.b == 1", "a == b", "1 < a < 3", "a ==", "and"]) assert.equal(read(text), null, text);
});

test("nothing and half a row are no condition", () => {
  assert.deepEqual(read("  ").rows, []);
  assert.equal(write({ join: "and", rows: [{ field: "", comparison: "", value: "" }] }), "");
});

test("true and false are yes and no", () => {
  assert.equal(write(read("complete == True")), "complete");
  assert.equal(write(read("complete != true")), "not complete");
});

test("a number stays a number and a text of digits a text", () => {
  assert.equal(write({ join: "and", rows: [{ field: "n", comparison: ">", value: "3", text: false }] }), "n > 3");
  assert.equal(write({ join: "and", rows: [{ field: "n", comparison: "==", value: "3", text: true }] }), "n == '3'");
});

test("standard times are read and written alike", () => {
  for (const text of ["P4D", "PT15M", "PT2H"]) assert.equal(duration(parse(text).number, parse(text).unit), text);
  for (const text of ["P1DT2H", "R3/P1D", "", null, "${x}"]) assert.equal(parse(text), null);
});

test("a label follows its time in its own language", () => {
  assert.equal(reworded("4 hari", "P4D", "PT30M"), "30 menit");
  assert.equal(reworded("4 days", "P4D", "P1D"), "1 day");
  assert.equal(reworded("Soon", "P4D", "P1D"), null);
});
