// Shows the API's description; a request that is tried out carries the page's token, as a logged-in person's must.
const csrf = document.querySelector('meta[name="csrf-token"]').content;
const api = document.getElementById('api');

SwaggerUIBundle({
  url: api.dataset.description,
  domNode: api,
  deepLinking: true,
  filter: true,
  showExtensions: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    if (!['GET', 'HEAD'].includes((request.method || 'GET').toUpperCase())) request.headers['X-CSRFToken'] = csrf;
    return request;
  },
});
