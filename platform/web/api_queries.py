"""The texts of the examples on the API page. Each runs against any municipality."""

from __future__ import annotations

from typing import Final

QUERIES: Final = {
    "jag": """query WhoAmI {
  me {
    name
    email
    grants { role unit { name } }
    permissions { name everywhere }
  }
}
""",
    "kommun": """query Municipality {
  municipality {
    name
    languages
    modules { name title on }
  }
}
""",
    "enheter": """query Units {
  units {
    id
    code
    name
    kind
    parent { name }
  }
}
""",
    "mitt-arbete": """query MyTasks {
  myTasks {
    title
    about
    dueOn
    late
    unit { name }
  }
}
""",
    "malanalys": """query GoalAnalysis($unitId: ID!, $period: String!) {
  goalAnalysis(unitId: $unitId, period: $period) {
    unitName
    periodName
    rows {
      depth
      level { name }
      node { title }
      values { period total women men target }
      light { word sentence }
      comment { text }
    }
  }
}
""",
    "saknas": """query Missing($unitId: ID!, $period: String!) {
  goalAnalysis(unitId: $unitId, period: $period) {
    missing
    warnings { title sentence }
    rows {
      node { title }
      missing
    }
  }
}
""",
    "plan": """query Plan($unitId: ID!, $year: Int!) {
  planNodes(unitId: $unitId, year: $year, first: 100) {
    totalCount
    nodes {
      __typename
      title
      level { name }
      responsible { name }
      ... on Indicator { measureUnit greenLimit yellowLimit periodicity }
    }
  }
}
""",
    "styrmodeller": """query SteeringModels {
  steeringModels(first: 10) {
    nodes {
      year
      name
      levels { name kind lightRule }
      lights { word colour }
    }
  }
}
""",
    "rapporter": """query Reports {
  reports(first: 20) {
    nodes {
      title
      period
      dueOn
      unit { name }
      progress { done total }
      completion { completedAt }
    }
  }
}
""",
    "rapport": """query Report($reportId: ID!) {
  report(id: $reportId) {
    title
    period
    sections { number title text completion { completedAt } }
  }
}
""",
    "mallar": """query Templates {
  reportTemplates {
    title
    periodicity
    outline { number chapter { title kind } }
  }
}
""",
    "rapportlage": """query ReportStatus($templateId: ID!, $period: String!) {
  reportStatus(templateId: $templateId, period: $period) {
    rows {
      unit { name }
      late
      progress { done total }
      cells { key state }
    }
    notStarted { name }
  }
}
""",
    "personer": """query People {
  people(first: 50) {
    totalCount
    nodes {
      name
      grants { role unit { name } }
    }
  }
}
""",
    "satt-utfall": """mutation SetOutcome($input: SetOutcomeInput!) {
  setOutcome(input: $input) {
    ... on Outcome { id period total version enteredBy { name } }
    ... on Problem { code message field }
  }
}
""",
    "exportera": """mutation ExportReport($reportId: ID!) {
  exportReport(input: { reportId: $reportId, format: PDF }) {
    ... on Job { id state }
    ... on Problem { code message field }
  }
}
""",
}
