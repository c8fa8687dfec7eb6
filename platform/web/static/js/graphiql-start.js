/* Starts GraphiQL on its page: it asks as the one who is signed in. */
const place = document.getElementById("graphiql");
const fetcher = async (asked) => {
  const answer = await fetch(place.dataset.address, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(asked),
  });
  return answer.json();
};
ReactDOM.createRoot(place).render(React.createElement(GraphiQL, { fetcher }));
