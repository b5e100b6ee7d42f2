"""Fills an empty MLflow store with a registry of a working size, by bulk inserts into the tables that MLflow made.

Usage: python fill_mlflow.py <SQLAlchemy URI> <runs> <models> <versions of each model>

A hundred experiments share the runs. Each run has 5 params, 3 tags, and 5 metrics of 2 points. Of each model the last
three versions are archived, in production and in staging.
"""

import random
import sys
import uuid

import mlflow.store.tracking.sqlalchemy_store  # noqa: F401 (its import declares the tables)
from mlflow.store.db.utils import _initialize_tables
from sqlalchemy import MetaData, create_engine

EXPERIMENTS = 100
METRICS = ("accuracy", "auc", "f1", "loss", "rmse")
ALGORITHMS = ("forest", "linear", "mlp", "svm", "xgb")
START_MS = 1_760_000_000_000
RUNS_AT_ONCE = 2_000
chance = random.Random(11)


# The rows are right by how they are made: nothing has to be checked, and a store that is cut off is made anew.
HASTE = {
    "sqlite": ("PRAGMA synchronous = OFF", "PRAGMA cache_size = -200000"),
    "mysql": ("SET unique_checks = 0, foreign_key_checks = 0",),
}


class Store:
    """The tables of a store, with what MLflow itself would put into columns that are left out."""

    def __init__(self, uri):
        engine = create_engine(uri)
        _initialize_tables(engine)
        tables = MetaData()
        tables.reflect(engine)
        self.tables = tables.tables
        self.connection = engine.connect()
        for statement in HASTE[engine.dialect.name]:
            self.connection.exec_driver_sql(statement)
        self.connection.commit()
        self.quote = engine.dialect.identifier_preparer.quote
        self.place = "?" if engine.dialect.paramstyle == "qmark" else "%s"

    def put(self, rows_of):
        """Inserts rows by table, in one transaction. Those of a table have the same columns, in the same order."""
        for name, rows in rows_of.items():
            if not rows:
                continue
            defaults = {"workspace": "default"} if "workspace" in self.tables[name].c else {}
            columns = ", ".join(self.quote(column) for column in (*rows[0], *defaults))
            places = ", ".join([self.place] * (len(rows[0]) + len(defaults)))
            others = tuple(defaults.values())
            self.connection.exec_driver_sql(
                f"INSERT INTO {self.quote(name)} ({columns}) VALUES ({places})",
                [(*row.values(), *others) for row in rows],
            )
        self.connection.commit()


def run_rows(run, number):
    """The rows of one run, by table."""
    started = START_MS + number * 1_000
    points, latest = [], []
    for key in METRICS:
        for step in (0, 1):
            point = {"run_uuid": run, "key": key, "value": chance.random(), "timestamp": started + step, "step": step, "is_nan": False}
            points.append(point)
        latest.append(point)
    params = {
        "algorithm": chance.choice(ALGORITHMS),
        "depth": str(chance.randint(1, 12)),
        "lr": str(chance.choice((0.1, 0.01, 0.001))),
        "seed": str(number),
        "data": f"v{number % 7}",
    }
    tags = {"mlflow.runName": f"run {number}", "team": f"team {number % 9}", "ticket": f"T-{number}"}
    return {
        "runs": [
            {
                "run_uuid": run,
                "name": f"run {number}",
                "experiment_id": 1 + number % EXPERIMENTS,
                "source_type": "LOCAL",
                "source_name": "train.py",
                "source_version": "",
                "entry_point_name": "",
                "user_id": "ci",
                "status": "FINISHED",
                "start_time": started,
                "end_time": started + 60_000,
                "lifecycle_stage": "active",
                "artifact_uri": f"/artifacts/{run}",
            }
        ],
        "metrics": points,
        "latest_metrics": latest,
        "params": [{"run_uuid": run, "key": key, "value": value} for key, value in params.items()],
        "tags": [{"run_uuid": run, "key": key, "value": value} for key, value in tags.items()],
    }


def version_row(model, number, count, run, created):
    stages = {count: "Staging", count - 1: "Production", count - 2: "Archived"}
    return {
        "name": model,
        "version": number,
        "creation_time": created,
        "last_updated_time": created,
        "user_id": "ci",
        "current_stage": stages.get(number, "None"),
        "source": f"s3://models/{run}",
        "run_id": run,
        "status": "READY",
    }


def main(uri, runs, models, versions):
    store = Store(uri)
    store.put(
        {
            "experiments": [
                {
                    "experiment_id": number,
                    "name": f"experiment {number:03d}",
                    "artifact_location": f"/artifacts/{number}",
                    "lifecycle_stage": "active",
                    "creation_time": START_MS,
                    "last_update_time": START_MS,
                }
                for number in range(1, EXPERIMENTS + 1)
            ]
        }
    )
    # In order, so that all tables and indexes are written at their ends.
    made = sorted(uuid.UUID(int=chance.getrandbits(128), version=4).hex for _ in range(runs))
    for start in range(0, runs, RUNS_AT_ONCE):
        together = {}
        for number in range(start, min(start + RUNS_AT_ONCE, runs)):
            for table, rows in run_rows(made[number], number).items():
                together.setdefault(table, []).extend(rows)
        store.put(together)
    names = [f"model-{number:03d}" for number in range(models)]
    registered = [{"name": name, "creation_time": START_MS, "last_updated_time": START_MS} for name in names]
    version_rows = []
    for index, name in enumerate(names):
        for number in range(1, versions + 1):
            run = made[(index * versions + number) * 7 % len(made)]
            version_rows.append(version_row(name, number, versions, run, START_MS + len(version_rows)))
    store.put({"registered_models": registered, "model_versions": version_rows})


if __name__ == "__main__":
    main(sys.argv[1], *(int(given) for given in sys.argv[2:5]))
