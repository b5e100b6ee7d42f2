"""What the OpenLineage client of Python does in the tests: `pipeline`, `invalid`, `resend <file>` and `prov <file>`.

Where it sends to, the environment says, as for any user of the client.
"""

import datetime
import json
import sys

import requests
from openlineage.client import OpenLineageClient, event_v2, facet_v2

RUN_IDS = {name: f"00000000-0000-4000-8000-00000000000{n}" for n, name in enumerate(["nightly", "clean", "train"])}
START = datetime.datetime(2026, 5, 1, 3, tzinfo=datetime.timezone.utc)

FACETS = {
    "parent": facet_v2.parent_run.ParentRunFacet,
    "sourceCodeLocation": facet_v2.source_code_location_job.SourceCodeLocationJobFacet,
    "schema": facet_v2.schema_dataset.SchemaDatasetFacet,
    "version": facet_v2.dataset_version_dataset.DatasetVersionDatasetFacet,
    "documentation": facet_v2.documentation_job.DocumentationJobFacet,
    "tags": facet_v2.tags_run.TagsRunFacet,
    "outputStatistics": facet_v2.output_statistics_output_dataset.OutputStatisticsOutputDatasetFacet,
}


def dataset(name, version, fields=()):
    facets = {"version": facet_v2.dataset_version_dataset.DatasetVersionDatasetFacet(datasetVersion=version)}
    if fields:
        columns = [facet_v2.schema_dataset.SchemaDatasetFacetFields(name=field, type="DOUBLE") for field in fields]
        facets["schema"] = facet_v2.schema_dataset.SchemaDatasetFacet(fields=columns)
    return {"namespace": "s3://lake", "name": name, "facets": facets}


def run_event(kind, job, second, inputs=(), outputs=(), parent=None):
    run_facets = {}
    if parent:
        run_facets["parent"] = facet_v2.parent_run.ParentRunFacet(
            run=facet_v2.parent_run.Run(runId=RUN_IDS[parent]),
            job=facet_v2.parent_run.Job(namespace="pipeline", name=parent),
        )
    location = facet_v2.source_code_location_job.SourceCodeLocationJobFacet(
        type="git", url="https://example.org/pipeline", repoUrl="https://example.org/pipeline.git", version="c0ffee"
    )
    return event_v2.RunEvent(
        eventType=event_v2.RunState[kind],
        eventTime=(START + datetime.timedelta(seconds=second)).isoformat(),
        run=event_v2.Run(runId=RUN_IDS[job], facets=run_facets),
        job=event_v2.Job(namespace="pipeline", name=job, facets={"sourceCodeLocation": location}),
        inputs=[event_v2.InputDataset(**one) for one in inputs],
        outputs=[event_v2.OutputDataset(**one) for one in outputs],
        producer="https://example.org/pipeline",
    )


def pipeline():
    raw = dataset("raw.csv", "1")
    cleaned = dataset("clean.parquet", "2", ["age", "income"])
    model = dataset("model.onnx", "3")
    return [
        run_event("START", "nightly", 0),
        run_event("START", "clean", 1, [raw], parent="nightly"),
        run_event("COMPLETE", "clean", 2, [raw], [cleaned], parent="nightly"),
        run_event("START", "train", 3, [cleaned], parent="nightly"),
        run_event("COMPLETE", "train", 4, [cleaned], [model], parent="nightly"),
        run_event("COMPLETE", "nightly", 5),
    ]


def as_facet(name, values):
    """A facet as the client's class where it has one, which refuses what it does not know."""
    own = {key: value for key, value in values.items() if not key.startswith("_")}
    if name not in FACETS:
        return values
    if name == "tags":
        own["tags"] = [facet_v2.tags_run.TagsRunFacetFields(**tag) for tag in own["tags"]]
    facet = FACETS[name](**own, producer=values["_producer"])
    assert facet._schemaURL == values["_schemaURL"], (facet._schemaURL, values["_schemaURL"])
    return facet


def as_facets(facets):
    return {name: as_facet(name, values) for name, values in facets.items()}


def as_dataset(cls, uses, one):
    given = {uses: as_facets(one[uses])} if uses else {}
    return cls(namespace=one["namespace"], name=one["name"], facets=as_facets(one["facets"]), **given)


def as_event(value):
    """An event of a file as the client's class of it."""
    assert value["schemaURL"].endswith(tuple(["RunEvent", "DatasetEvent", "JobEvent"]))
    common = {"eventTime": value["eventTime"], "producer": value["producer"]}
    if "dataset" in value:
        return event_v2.DatasetEvent(dataset=as_dataset(event_v2.StaticDataset, None, value["dataset"]), **common)
    job = value["job"]
    common["job"] = event_v2.Job(namespace=job["namespace"], name=job["name"], facets=as_facets(job["facets"]))
    common["inputs"] = [as_dataset(event_v2.InputDataset, "inputFacets", one) for one in value["inputs"]]
    common["outputs"] = [as_dataset(event_v2.OutputDataset, "outputFacets", one) for one in value["outputs"]]
    if "run" not in value:
        return event_v2.JobEvent(**common)
    run = event_v2.Run(runId=value["run"]["runId"], facets=as_facets(value["run"]["facets"]))
    event = event_v2.RunEvent(eventType=event_v2.RunState[value["eventType"]], run=run, **common)
    assert event.schemaURL == value["schemaURL"], (event.schemaURL, value["schemaURL"])
    return event


def emit(events):
    client = OpenLineageClient()
    for event in events:
        client.emit(event)
    client.close()


def main():
    command, *arguments = sys.argv[1:]
    if command == "pipeline":
        emit(pipeline())
    elif command == "invalid":
        event = run_event("START", "clean", 0)
        event.job.name = "x" * 501
        try:
            emit([event])
        except requests.HTTPError as error:
            print(json.dumps({"status": error.response.status_code, "body": error.response.json()}))
    elif command == "resend":
        with open(arguments[0], encoding="utf-8") as lines:
            emit([as_event(json.loads(line)) for line in lines])
    elif command == "prov":
        from prov.model import ProvDocument

        document = ProvDocument.deserialize(arguments[0], format="json")
        kinds = {}
        for record in document.get_records():
            kind = record.get_type().localpart
            kinds[kind] = kinds.get(kind, 0) + 1
        print(json.dumps(kinds))


main()
