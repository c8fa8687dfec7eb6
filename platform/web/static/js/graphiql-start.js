/* Starts GraphiQL on its page: it asks as the one who is signed in. */
const place = document.getElementById("graphiql");
const fetcher = GraphiQL.createFetcher({ url: place.dataset.address });
ReactDOM.createRoot(place).render(React.createElement(GraphiQL, { fetcher }));
