// The desk: keys, a queue that is walked through line by line, a step's page with its files beside the form.
// Everything here is also reached by pointer and by Tab; without this file the pages work as they are.
import { answerKeys } from "./desk/keys.js";
import { queueKeys } from "./desk/queue.js";
import { layOut } from "./desk/split.js";
import { taskKeys } from "./desk/task.js";
import { openFiles } from "./desk/files.js";

const task = document.querySelector("[data-task]");
if (task) {
  const side = layOut(task);
  answerKeys(taskKeys(task, side, openFiles(task, side)));
} else {
  answerKeys(queueKeys(document.querySelector("#queue")));
}
