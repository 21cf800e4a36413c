// The kinds of fields, and what they are called.
export const TYPES = {
  textfield: "Line of text", textarea: "Longer text", number: "Number", datetime: "Date or time", checkbox: "Tick",
  radio: "One of several", select: "One from a list", checklist: "Several", taglist: "Several from a list", filepicker: "File of a material",
  text: "Explanation", group: "Group", dynamiclist: "List of rows", expression: "Computed value",
  separator: "Line between", spacer: "Space", table: "Table of a list", documentPreview: "Preview of a file", image: "Picture", html: "HTML", button: "Button",
};
export const CHOICES = ["checklist", "radio", "select", "taglist"];
