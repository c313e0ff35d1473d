// The web page of a running job: one document without anything from elsewhere, which asks the REST API beside it once a
// second. What comes from the job goes into the page as text, never as markup. Look in page-style.ts, script in page-script.ts.
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';

export const PAGE_TYPE = 'text/html; charset=utf-8';

export const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>ckpt</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1 id="name">…</h1>
<p><span id="state" role="status"></span> <span id="facts"></span></p>
<p id="lost" role="alert" hidden></p>
</header>
<main>
<section aria-labelledby="graph-title">
<h2 id="graph-title">Tasks</h2>
<div class="wide"><svg id="graph" role="img" aria-label="The graph of the job; the table below has the same"></svg></div>
<div class="wide"><table id="tasks">
<thead><tr><th scope="col">Task</th><th scope="col">Subtasks</th><th scope="col">State</th><th scope="col">Records in</th>
<th scope="col">Records out</th><th scope="col">Busy</th><th scope="col">Held up</th></tr></thead>
<tbody></tbody></table></div>
</section>
<section aria-labelledby="checkpoints-title">
<h2 id="checkpoints-title">Checkpoints</h2>
<p id="counts"></p>
<div class="plots">
<figure><figcaption>State size, and what of it was written anew</figcaption><svg id="sizes" role="img" aria-label="Sizes of the checkpoints; the table below has the same"></svg></figure>
<figure><figcaption>Duration, and the longest alignment in it</figcaption><svg id="durations" role="img" aria-label="Durations of the checkpoints; the table below has the same"></svg></figure>
</div>
<div class="wide"><table id="history">
<thead><tr><th scope="col">Id</th><th scope="col">Kind</th><th scope="col">Status</th><th scope="col">Triggered</th><th scope="col">State</th>
<th scope="col">Written</th><th scope="col">Took</th><th scope="col">Aligned</th><th scope="col">Acknowledged</th><th scope="col">Place</th></tr></thead>
<tbody></tbody></table></div>
</section>
<section aria-labelledby="failures-title">
<h2 id="failures-title">Failures</h2>
<ul id="failures"></ul>
</section>
</main>
<noscript>This page needs its script; <a href="/jobs/overview">/jobs/overview</a> has the same as JSON.</noscript>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
