"""What laws say, through the API."""

READ = """query ($on: Date, $key: String) {
  legalReferences(on: $on, key: $key) {
    totalCount nodes { key name says source days validFrom validTo changedBy { name } }
  }
}"""
CHANGE = """mutation ($input: ChangeLegalReferenceInput!) {
  changeLegalReference(input: $input) {
    ... on LegalReference { key days validFrom validTo changedBy { name } }
    ... on Problem { code message field }
  }
}"""
WORDING = {
    "key": "minutes.adjust",
    "validFrom": "2026-01-01",
    "name": "5 kap. 69 §",
    "says": "Inom tio dagar.",
    "source": "Lag (2025:1)",
    "days": 10,
}


async def test_every_employee_reads_what_holds_on_a_day(town, client):
    employee = await client(town, "employee")

    then = await employee.ask(READ, on="2025-06-30", key="internal_control.duty")
    both = await employee.ask(READ, key="internal_control.duty")
    everything = await employee.ask(READ)

    [row] = then["legalReferences"]["nodes"]
    assert (row["validFrom"], row["validTo"]) == (None, "2025-07-01")
    assert [row["validFrom"] for row in both["legalReferences"]["nodes"]] == [None, "2025-07-01"]
    assert everything["legalReferences"]["totalCount"] == 16


async def test_a_last_day_of_each_year_is_read_and_written(town, api):
    read = '{ legalReferences(key: "%s") { nodes { yearlyDay } } }'
    report = await api.ask(read % "deviations.patient_safety_report")
    assert report["legalReferences"]["nodes"] == [{"yearlyDay": "03-01"}]
    change = CHANGE.replace("key days", "yearlyDay")
    answer = await api.ask(change, input=WORDING | {"yearlyDay": "04-15"})
    assert answer["changeLegalReference"]["yearlyDay"] == "04-15"
    refused = await api.refusal(CHANGE, input=WORDING | {"yearlyDay": "15 april"})
    assert refused == ("INVALID_INPUT", "yearlyDay")


async def test_an_administrator_changes_it_from_a_day(town, api):
    answer = await api.ask(CHANGE, input=WORDING)
    assert answer["changeLegalReference"] == {
        "key": "minutes.adjust",
        "days": 10,
        "validFrom": "2026-01-01",
        "validTo": None,
        "changedBy": {"name": "Asta Admin"},
    }
    found = await api.ask(READ, key="minutes.adjust")
    assert [(row["days"], row["validTo"]) for row in found["legalReferences"]["nodes"]] == [
        (14, "2026-01-01"),
        (10, None),
    ]


async def test_refusals_name_the_field_and_write_nothing(town, client, api):
    employee = await client(town, "employee")
    assert await employee.refusal(CHANGE, input=WORDING) == ("FORBIDDEN", None)
    assert await api.refusal(CHANGE, input=WORDING | {"key": "no.such"}) == ("NOT_FOUND", "key")
    assert await api.refusal(CHANGE, input=WORDING | {"says": " "}) == ("INVALID_INPUT", "says")
    assert (await api.ask(READ))["legalReferences"]["totalCount"] == 16
