/** Records of files: values with names, streamed with their places from lines of JSON, lists, tables, Arrow and Parquet. */
package org.tdro.rows.records;
