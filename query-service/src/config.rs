//! Configuration: flags, `FINEPRINT_*` environment and one TOML file, in this order of precedence; unknown keys are
//! refused. The only reader of arguments, environment and the file.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::Parser;

use crate::{
    limits::{self, Limits},
    store::Retention,
    telemetry::LogFormat,
};

/// Holds events in memory and answers filtered streaming requests over gRPC.
#[derive(Debug, Default, Parser)]
#[command(name = "query-service", version, max_term_width = 100)]
pub struct Arguments {
    /// Address to listen at; port 0 takes any free port
    #[arg(long, env = "FINEPRINT_QUERY_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Listen at an address that others can reach, without encryption or credentials
    #[arg(long, env = "FINEPRINT_INSECURE", value_parser = clap::builder::FalseyValueParser::new())]
    pub insecure: bool,
    /// Folder that keeps the events over a restart; without it they are held in memory only
    #[arg(long, env = "FINEPRINT_DATA_DIR", value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// Keep at most so many events
    #[arg(long, env = "FINEPRINT_RETENTION_EVENTS", value_name = "COUNT")]
    pub retention_events: Option<u64>,
    /// Keep events in at most so many bytes of memory, index included
    #[arg(long, env = "FINEPRINT_RETENTION_BYTES", value_name = "BYTES")]
    pub retention_bytes: Option<u64>,
    /// Keep events for so many seconds
    #[arg(long, env = "FINEPRINT_RETENTION_SECONDS", value_name = "SECONDS")]
    pub retention_seconds: Option<u64>,
    /// Change a limit; `GetStatus` lists them
    #[arg(long = "limit", env = "FINEPRINT_LIMITS", value_name = "NAME=VALUE", value_delimiter = ',')]
    pub limits: Vec<String>,
    /// Form of the logs
    #[arg(long, env = "FINEPRINT_LOG_FORMAT", value_enum)]
    pub log_format: Option<LogFormat>,
    /// What to log, as in "info,query_service=debug"
    #[arg(long, env = "FINEPRINT_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// TOML file with these settings
    #[arg(long, env = "FINEPRINT_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print the settings in force and stop
    #[arg(long)]
    pub check_config: bool,
    /// Ask the service at the listening address whether it serves, and tell it by the exit code
    #[arg(long)]
    pub health: bool,
}

/// The TOML file.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    listen: Option<SocketAddr>,
    insecure: bool,
    data_dir: Option<PathBuf>,
    retention_events: Option<u64>,
    retention_bytes: Option<u64>,
    retention_seconds: Option<u64>,
    limits: Limits,
    log_format: Option<LogFormat>,
    log: Option<String>,
}

/// The settings in force.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address to listen at.
    pub listen: SocketAddr,
    /// Whether an address that others can reach is allowed.
    pub insecure: bool,
    /// Folder that keeps the events.
    pub data_dir: Option<PathBuf>,
    /// What is kept.
    pub retention: Retention,
    /// Bounds.
    pub limits: Limits,
    /// Form of the logs.
    pub log_format: LogFormat,
    /// What is logged.
    pub log: String,
}

/// Why there is no configuration.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file cannot be read.
    #[error("configuration file {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML with known keys.
    #[error("configuration file {}: {source}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A limit is wrong.
    #[error(transparent)]
    Limit(#[from] limits::Error),
    /// Others could reach the service, without encryption or credentials.
    #[error(
        "listening at {address} lets everybody read and write without encryption or credentials; listen at 127.0.0.1, \
         or say --insecure where the network is yours"
    )]
    Public {
        /// The address.
        address: SocketAddr,
    },
    /// A bound of retention keeps nothing.
    #[error("{name} is 0, which keeps nothing; leave it out to keep everything")]
    KeepsNothing {
        /// The setting.
        name: &'static str,
    },
}

impl Config {
    /// The defaults, listening at an address.
    #[must_use]
    pub fn listening_at(listen: SocketAddr) -> Self {
        Self {
            listen,
            insecure: false,
            data_dir: None,
            retention: Retention::default(),
            limits: Limits::default(),
            log_format: LogFormat::default(),
            log: "info".to_owned(),
        }
    }

    /// The settings that arguments (and with them the environment) and their file tell.
    ///
    /// # Errors
    /// [`Error`].
    pub fn load(arguments: &Arguments) -> Result<Self, Error> {
        let file = arguments.config.as_deref().map(File::read).transpose()?.unwrap_or_default();
        let mut limits = file.limits;
        for text in &arguments.limits {
            limits.set(text)?;
        }
        let retention = Retention {
            events_max: arguments.retention_events.or(file.retention_events),
            bytes_max: arguments.retention_bytes.or(file.retention_bytes),
            age_max: arguments.retention_seconds.or(file.retention_seconds).map(Duration::from_secs),
        };
        let default_listen = SocketAddr::from(([127, 0, 0, 1], 50_051));
        let config = Self {
            listen: arguments.listen.or(file.listen).unwrap_or(default_listen),
            insecure: arguments.insecure || file.insecure,
            data_dir: arguments.data_dir.clone().or(file.data_dir),
            retention,
            limits,
            log_format: arguments.log_format.or(file.log_format).unwrap_or_default(),
            log: arguments.log.clone().or(file.log).unwrap_or_else(|| "info".to_owned()),
        };
        config.check()?;
        Ok(config)
    }

    /// Whether the settings go together.
    ///
    /// # Errors
    /// [`Error::Public`] or [`Error::KeepsNothing`].
    pub fn check(&self) -> Result<(), Error> {
        if !self.listen.ip().is_loopback() && !self.insecure {
            return Err(Error::Public { address: self.listen });
        }
        let zero = [
            ("retention_events", self.retention.events_max == Some(0)),
            ("retention_bytes", self.retention.bytes_max == Some(0)),
            ("retention_seconds", self.retention.age_max == Some(Duration::ZERO)),
        ];
        match zero.into_iter().find(|(_, is_zero)| *is_zero) {
            Some((name, _)) => Err(Error::KeepsNothing { name }),
            None => Ok(()),
        }
    }

    /// The settings as the TOML file that would give them.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut table = toml::Table::new();
        let mut put = |key: &str, value: Option<toml::Value>| {
            if let Some(value) = value {
                table.insert(key.to_owned(), value);
            }
        };
        let number = |value: u64| toml::Value::Integer(i64::try_from(value).unwrap_or(i64::MAX));
        put("listen", Some(toml::Value::String(self.listen.to_string())));
        put("insecure", Some(toml::Value::Boolean(self.insecure)));
        put("data_dir", self.data_dir.as_ref().map(|path| toml::Value::String(path.display().to_string())));
        put("retention_events", self.retention.events_max.map(number));
        put("retention_bytes", self.retention.bytes_max.map(number));
        put("retention_seconds", self.retention.age_max.map(|age| number(age.as_secs())));
        put("log_format", toml::Value::try_from(self.log_format).ok());
        put("log", Some(toml::Value::String(self.log.clone())));
        put("limits", toml::Value::try_from(&self.limits).ok());
        table.to_string()
    }
}

impl File {
    fn read(path: &Path) -> Result<Self, Error> {
        let text = std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })?;
        toml::from_str(&text).map_err(|source| Error::Malformed { path: path.to_owned(), source: Box::new(source) })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn load(arguments: &[&str], file: &str) -> Result<Config, Error> {
        let mut written = tempfile::NamedTempFile::new().expect("a temporary file");
        written.write_all(file.as_bytes()).expect("written");
        let mut arguments = Arguments::parse_from(["query-service"].into_iter().chain(arguments.iter().copied()));
        arguments.config = Some(written.path().to_owned());
        Config::load(&arguments)
    }

    #[test]
    fn flags_come_before_the_file() {
        let file = "listen = \"127.0.0.1:1\"\nretention_events = 5\n[limits]\nstreams_max = 7\nscans_max = 3\n";
        let config = load(&["--listen", "127.0.0.1:2", "--limit", "streams_max=9"], file).expect("a configuration");
        assert_eq!(config.listen.port(), 2);
        assert_eq!((config.limits.streams_max, config.limits.scans_max), (9, 3));
        assert_eq!(config.retention.events_max, Some(5));
    }

    #[test]
    fn the_settings_in_force_are_a_file_that_gives_them() {
        let config = load(&["--retention-seconds", "60"], "").expect("a configuration");
        let again = load(&[], &config.to_toml()).expect("a configuration");
        assert_eq!(config.to_toml(), again.to_toml());
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (arguments, file, expected) in [
            (&[][..], "lisen = \"x\"", "unknown field `lisen`"),
            (&[], "[limits]\nstream_max = 1", "unknown field `stream_max`"),
            (&["--listen", "0.0.0.0:0"], "", "listening at 0.0.0.0:0 lets everybody"),
            (&["--limit", "x=1"], "", "limit `x` is unknown"),
            (&["--retention-events", "0"], "", "retention_events is 0"),
        ] {
            let error = load(arguments, file).expect_err(expected).to_string();
            assert!(error.contains(expected), "{error}");
        }
        assert!(load(&["--listen", "0.0.0.0:0", "--insecure"], "").is_ok());
    }
}
