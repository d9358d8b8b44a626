//! Configuration: flags, `FINEPRINT_*` environment and one TOML file, in this order of precedence; unknown keys are
//! refused. The only reader of arguments, environment and the file.

use clap::Parser;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Turns documents into events and publishes them to a query service over gRPC.
#[derive(Debug, Default, Parser)]
#[command(name = "extractor", version, max_term_width = 100)]
pub struct Arguments {
    /// Address to listen at; port 0 takes any free port
    #[arg(long, env = "FINEPRINT_EXTRACTOR_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Address of the query service that takes the events
    #[arg(long, env = "FINEPRINT_QUERY_SERVICE", value_name = "URL")]
    pub query_service: Option<String>,
    /// Listen at an address that others can reach, without encryption or credentials
    #[arg(long, env = "FINEPRINT_INSECURE")]
    pub insecure: bool,
    /// Read the frames of this folder in place of those built in
    #[arg(long, env = "FINEPRINT_FRAMES", value_name = "FOLDER")]
    pub frames: Option<PathBuf>,
    /// Read the names of this folder in place of those built in
    #[arg(long, env = "FINEPRINT_GAZETTEER", value_name = "FOLDER")]
    pub gazetteer: Option<PathBuf>,
    /// Threads that extract; as many as there are processors where not given
    #[arg(long, env = "FINEPRINT_THREADS", value_name = "COUNT")]
    pub threads: Option<usize>,
    /// Form of the logs
    #[arg(long, env = "FINEPRINT_LOG_FORMAT", value_enum)]
    pub log_format: Option<LogFormat>,
    /// What to log, as in "info,extractor=debug"
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

/// Form of the logs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Human,
    /// One JSON object a line.
    Json,
}

/// The TOML file.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
struct File {
    listen: Option<SocketAddr>,
    query_service: Option<String>,
    insecure: bool,
    frames: Option<PathBuf>,
    gazetteer: Option<PathBuf>,
    threads: Option<usize>,
    log_format: Option<LogFormat>,
    log: Option<String>,
}

/// The settings in force; as TOML, a file that gives them.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Config {
    /// Address to listen at.
    pub listen: SocketAddr,
    /// Address of the query service.
    pub query_service: String,
    /// Whether an address that others can reach is allowed.
    pub insecure: bool,
    /// Folder of frame files; those built in where unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frames: Option<PathBuf>,
    /// Folder of gazetteer tables; those built in where unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gazetteer: Option<PathBuf>,
    /// Threads that extract.
    pub threads: usize,
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
    /// Others could reach the service, without encryption or credentials.
    #[error(
        "listening at {address} lets everybody submit without encryption or credentials; listen at 127.0.0.1, or say \
         --insecure where the network is yours"
    )]
    Public {
        /// The address.
        address: SocketAddr,
    },
    /// No threads.
    #[error("threads is {0}; say a number from 1 to 256")]
    Threads(usize),
    /// The settings cannot be written as TOML.
    #[error("the settings cannot be printed: {0}")]
    Print(#[from] toml::ser::Error),
}

impl Config {
    /// The defaults, listening at an address and publishing to the query service at `query_service`.
    pub fn listening_at(listen: SocketAddr, query_service: String) -> Self {
        Self {
            listen,
            query_service,
            insecure: false,
            frames: None,
            gazetteer: None,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
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
        let listen = arguments.listen.or(file.listen).unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 50_052)));
        let query_service = arguments.query_service.clone().or(file.query_service);
        let defaults = Self::listening_at(listen, query_service.unwrap_or_else(|| "http://127.0.0.1:50051".to_owned()));
        let config = Self {
            insecure: arguments.insecure || file.insecure,
            frames: arguments.frames.clone().or(file.frames),
            gazetteer: arguments.gazetteer.clone().or(file.gazetteer),
            threads: arguments.threads.or(file.threads).unwrap_or(defaults.threads),
            log_format: arguments.log_format.or(file.log_format).unwrap_or(defaults.log_format),
            log: arguments.log.clone().or(file.log).unwrap_or(defaults.log),
            listen: defaults.listen,
            query_service: defaults.query_service,
        };
        config.check()?;
        Ok(config)
    }

    /// Whether the settings go together.
    ///
    /// # Errors
    /// [`Error::Public`] or [`Error::Threads`].
    pub fn check(&self) -> Result<(), Error> {
        if !self.listen.ip().is_loopback() && !self.insecure {
            return Err(Error::Public { address: self.listen });
        }
        if !(1..=256).contains(&self.threads) {
            return Err(Error::Threads(self.threads));
        }
        Ok(())
    }

    /// The settings as the TOML file that would give them.
    ///
    /// # Errors
    /// A path that is not UTF-8.
    pub fn to_toml(&self) -> Result<String, Error> {
        Ok(toml::to_string(self)?)
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
    use super::*;
    use std::io::Write as _;

    fn load(arguments: &[&str], file: &str) -> Result<Config, Error> {
        let mut written = tempfile::NamedTempFile::new().expect("a temporary file");
        written.write_all(file.as_bytes()).expect("written");
        let mut arguments = Arguments::parse_from(["extractor"].into_iter().chain(arguments.iter().copied()));
        arguments.config = Some(written.path().to_owned());
        Config::load(&arguments)
    }

    #[test]
    fn flags_come_before_the_file() {
        let file = "listen = \"127.0.0.1:1\"\nthreads = 5\nquery_service = \"http://example.org:1\"\n";
        let config = load(&["--listen", "127.0.0.1:2"], file).expect("a configuration");
        assert_eq!((config.listen.port(), config.threads), (2, 5));
        assert_eq!(config.query_service, "http://example.org:1");
    }

    #[test]
    fn the_settings_in_force_are_a_file_that_gives_them() {
        let config = load(&["--threads", "3", "--frames", "f"], "").expect("a configuration");
        assert_eq!(load(&[], &config.to_toml().expect("TOML")).expect("a configuration"), config);
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (arguments, file, expected) in [
            (&[][..], "lisen = \"x\"", "unknown field `lisen`"),
            (&["--listen", "0.0.0.0:0"], "", "listening at 0.0.0.0:0 lets everybody"),
            (&["--threads", "0"], "", "threads is 0"),
        ] {
            let error = load(arguments, file).expect_err(expected).to_string();
            assert!(error.contains(expected), "{error}");
        }
        assert!(load(&["--listen", "0.0.0.0:0", "--insecure"], "").is_ok());
    }
}
