// What was copied, as plain data that another window can read: elements of the diagram with all they say.

/** Plain data of whatever hangs together with elements of a moddle. */
export function carried(value) {
  if (Array.isArray(value)) return value.map(carried);
  if (!value || typeof value !== "object") return value;
  if (value.$type) return { type: value.$type, rest: plain(value, (name) => goesAlong(value, name)) };
  return { rest: plain(value, () => true) };
}

const plain = (value, fits) => Object.fromEntries(Object.keys(value).filter((name) => !name.startsWith("$") && value[name] !== undefined && fits(name)).map((name) => [name, carried(value[name])]));

/** References only go to what stands at the top of a file: messages, signals, errors, escalations. */
function goesAlong(element, name) {
  const property = element.$descriptor.propertiesByName[name];
  return !property?.isReference || [element.get(name)].flat().every((one) => one?.$instanceOf?.("bpmn:RootElement") && !one.$instanceOf("bpmn:CallableElement"));
}

/** What `carried` was made of, as elements of a moddle. */
export function unpacked(value, moddle, known = new Map()) {
  if (Array.isArray(value)) return value.map((one) => unpacked(one, moddle, known));
  if (!value || typeof value !== "object") return value;
  const id = value.type && value.rest.id;
  if (id && known.has(id)) return known.get(id);
  const rest = Object.fromEntries(Object.entries(value.rest).map(([name, one]) => [name, unpacked(one, moddle, known)]));
  if (!value.type) return related(rest);
  const made = moddle.create(value.type, rest);
  for (const one of Object.values(rest).flat()) if (one?.$type) one.$parent = made;
  if (id) known.set(id, made);
  return made;
}

function related(descriptor) {
  if (descriptor.di && descriptor.businessObject) descriptor.di.bpmnElement = descriptor.businessObject;
  return descriptor;
}
