"""What a municipality can choose for its reports."""

from pydantic import BaseModel, ConfigDict, Field


class ReportSettings(BaseModel):
    """The defaults follow the instruction of Östhammar's social services (2020)."""

    model_config = ConfigDict(extra="forbid")

    show_instructions: bool = Field(
        default=True,
        title="Visa anvisningar i nya rapporter",
        description="De kan alltid slås av och på i den enskilda rapporten.",
    )
    mark_open_activities: bool = Field(
        default=True,
        title="Utropstecken i färdiga rapporter",
        description="Vid aktiviteter som varken är avslutade eller kommenterade. "
        "I utkast visas de alltid.",
    )
