/** Backbones: from token ids to a hidden state for each token. They know nothing of queries, passages or losses. */
package org.tdro.models;
