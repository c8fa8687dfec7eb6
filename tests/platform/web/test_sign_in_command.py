"""The command that sets a municipality's identity provider."""

from sqlalchemy import select

from roder.tenants.models import SignInProvider
from roder.tenants.sign_in.providers import chosen_provider, provider_client


async def standing(town):
    async with await town.work(write=False) as work:
        return await work.first(select(SignInProvider))


async def test_the_operator_sets_and_removes_the_provider(roder, town, provider, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("mycket-hemligt\n")
    slug = town.tenant.slug
    words = ["sign-in", "set", slug, provider.issuer, "roder", "--secret-file", str(secret)]

    code, said, _complaint = await roder(*words)

    assert code == 0
    assert said.endswith(f"http://127.0.0.1:8000/{slug}/logga-in/svar")
    assert "mycket-hemligt" not in said
    async with await town.work(write=False) as work:
        assert provider_client(work, await chosen_provider(work, None)).secret == "mycket-hemligt"

    code, said, _complaint = await roder("sign-in", "remove", slug)
    assert (code, await standing(town)) == (0, None)


async def test_a_provider_that_does_not_answer_is_not_kept(roder, town, provider):
    provider.metadata = {"issuer": "https://evil.example"}

    code, _said, complaint = await roder(
        "sign-in", "set", town.tenant.slug, provider.issuer, "roder"
    )

    assert code == 1
    assert "svarar inte som den ska" in complaint
    assert await standing(town) is None
